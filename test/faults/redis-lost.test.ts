import { describe } from 'vitest';
import { startRedis } from '../support/store-servers.js';
import { storeLostSuite } from '../support/store-lost.js';

describe('a service whose Redis goes away', () => {
  storeLostSuite(startRedis);
});
