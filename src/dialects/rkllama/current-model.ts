import { Injectable } from '@nestjs/common';

/**
 * The dialect's "current model": a pointer of its own for each API key, empty at first whatever else is loaded. The
 * name is kept as the client spelled it.
 */
@Injectable()
export class CurrentModel {
  private readonly names = new Map<string, string>();

  get(keyId: string): string | null {
    return this.names.get(keyId) ?? null;
  }

  set(keyId: string, name: string): void {
    this.names.set(keyId, name);
  }

  clear(keyId: string): void {
    this.names.delete(keyId);
  }
}
