/** Where the queue board is, whose routes ask for a key of their own. */
export const BOARD_PATH = '/admin/queues';
