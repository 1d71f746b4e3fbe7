// Removes what an earlier build left, so that files which are no longer compiled do not linger.
import { rmSync } from 'node:fs';

rmSync(new URL('../../dist/', import.meta.url), { recursive: true, force: true });
