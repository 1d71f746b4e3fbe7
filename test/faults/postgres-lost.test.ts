import { describe } from 'vitest';
import { startPostgres } from '../support/store-servers.js';
import { storeLostSuite } from '../support/store-lost.js';

describe('a service whose PostgreSQL goes away', () => {
  storeLostSuite(startPostgres);
});
