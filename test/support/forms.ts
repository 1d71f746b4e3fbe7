import { answerOf, type Answer, type RequestHeaders } from './http.js';

/** A file of a form: its name as the client calls it, and what is in it. */
export interface FormFile {
  readonly name: string;
  readonly bytes: Uint8Array;
}

/** Sends a multipart form as any client does. */
export async function postForm(
  url: string,
  fields: Readonly<Record<string, string>>,
  files: readonly (readonly [field: string, file: FormFile])[],
  headers: RequestHeaders = {},
): Promise<Answer> {
  const form = new FormData();
  for (const [name, value] of Object.entries(fields)) form.append(name, value);
  for (const [field, { name, bytes }] of files) form.append(field, new Blob([bytes.slice()]), name);
  return answerOf(await fetch(url, { method: 'POST', body: form, headers }));
}
