import { applyDecorators, type Type } from '@nestjs/common';
import { ApiBody, ApiConsumes, ApiExtraModels, ApiResponse, getSchemaPath } from '@nestjs/swagger';

/** Documents a JSON answer. */
export function ApiJson(type: Type, description: string, status = 200): MethodDecorator {
  return ApiResponse({ status, description, type });
}

/** Documents a streamed answer beside the JSON one. */
export function ApiStream(contentType: string, description: string, example: string): MethodDecorator {
  return ApiResponse({
    status: 200,
    description,
    content: { [contentType]: { schema: { type: 'string' }, example } },
  });
}

/** Documents a route that answers with JSON or, on request, with a stream. */
export function ApiJsonOrStream(
  type: Type,
  description: string,
  stream: { readonly contentType: string; readonly example: string },
): MethodDecorator {
  return applyDecorators(
    ApiExtraModels(type),
    ApiResponse({
      status: 200,
      description,
      content: {
        'application/json': { schema: { $ref: getSchemaPath(type) } },
        [stream.contentType]: { schema: { type: 'string' }, example: stream.example },
      },
    }),
  );
}

const FILE = { type: 'string', format: 'binary' } as const;
const FILES = { type: 'array', items: FILE } as const;

/** Fields of a form that hold files: one, one or none, several, or any number of them. */
type FileFields = Readonly<Record<string, 'one' | 'optional' | 'several' | 'any'>>;

/** Documents a multipart form: the fields of a DTO, and fields that hold files. */
export function ApiForm(type: Type, fileFields: FileFields): MethodDecorator {
  return applyDecorators(
    ApiConsumes('multipart/form-data'),
    ApiExtraModels(type),
    ApiBody({ schema: formSchema(type, fileFields) }),
  );
}

interface FormSchema {
  readonly allOf: [
    { readonly $ref: string },
    { readonly type: 'object'; required?: string[]; properties: Record<string, typeof FILE | typeof FILES> },
  ];
}

/** The schema of a multipart form; `type` has to be among the document's models. */
export function formSchema(type: Type, fileFields: FileFields): FormSchema {
  const single = (many: string): boolean => many === 'one' || many === 'optional';
  const properties = Object.entries(fileFields).map(([name, many]) => [name, single(many) ? FILE : FILES] as const);
  const required = Object.keys(fileFields).filter((name) => ['one', 'several'].includes(fileFields[name] ?? ''));
  return {
    allOf: [
      { $ref: getSchemaPath(type) },
      {
        type: 'object',
        ...(required.length > 0 && { required }),
        properties: Object.fromEntries(properties),
      },
    ],
  };
}

const EVERYWHERE: Readonly<Record<number, string>> = {
  401: 'API keys are set, and none of them was sent',
  429: 'The key has used up its rate; see Retry-After',
  500: 'Something went wrong inside the service',
};

/** Documents the errors of a route, with those that every route has. */
export function ApiErrors(type: Type, errors: Readonly<Record<number, string>>): MethodDecorator {
  const all = Object.entries({ ...EVERYWHERE, ...errors });
  return applyDecorators(
    ...all.map(([status, description]) => ApiResponse({ status: Number(status), description, type })),
  );
}
