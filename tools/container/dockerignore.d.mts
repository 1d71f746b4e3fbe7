export function allowedBy(dockerignore: string): (path: string) => boolean;
