/** Metadata of class-transformer's decorators; the package exports no function that reads it. */
declare module 'class-transformer/cjs/storage.js' {
  import type { TransformFnParams, TypeHelpOptions } from 'class-transformer';

  interface TypeMetadata {
    readonly typeFunction: (options?: TypeHelpOptions) => unknown;
  }

  interface TransformMetadata {
    readonly transformFn: (params: TransformFnParams) => unknown;
  }

  export const defaultMetadataStorage: {
    findTypeMetadata(target: object, property: string): TypeMetadata | undefined;
    findTransformMetadatas(target: object, property: string, type: number): readonly TransformMetadata[];
  };
}
