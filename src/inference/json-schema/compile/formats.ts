const LABEL = '[A-Za-z0-9]{1,20}(-[A-Za-z0-9]{1,20}){0,2}';
const HOST = `${LABEL}(\\.${LABEL}){0,3}`;
const LEAP = '(\\d\\d(0[48]|[2468][048]|[13579][26])|([02468][048]|[13579][26])00)';
const DAY = '((0[13578]|1[02])-(0[1-9]|[12]\\d|3[01])|(0[469]|11)-(0[1-9]|[12]\\d|30)|02-(0[1-9]|1\\d|2[0-8]))';
const DATE = `(\\d{4}-${DAY}|${LEAP}-02-29)`;
const HOUR_AND_MINUTE = '([01]\\d|2[0-3]):[0-5]\\d';
const TIME = `${HOUR_AND_MINUTE}:[0-5]\\d(\\.\\d{1,6})?(Z|[+-]${HOUR_AND_MINUTE})`;
const DAYS = '(\\d{1,4}Y(\\d{1,2}M)?(\\d{1,3}D)?|\\d{1,2}M(\\d{1,3}D)?|\\d{1,3}D)';
const HOURS = '(T(\\d{1,3}H(\\d{1,3}M)?(\\d{1,3}S)?|\\d{1,3}M(\\d{1,3}S)?|\\d{1,3}S))';
const BYTE = '(25[0-5]|2[0-4]\\d|1\\d\\d|[1-9]?\\d)';
const URL_CHARS = "[A-Za-z0-9._~!$&'()*+,;=:@-]";

/** The formats of strings as patterns. Narrower than the formats, never wider. */
export const STRING_FORMATS: Readonly<Record<string, string>> = {
  date: DATE,
  time: TIME,
  'date-time': `${DATE}T${TIME}`,
  duration: `P(${DAYS}${HOURS}?|${HOURS}|\\d{1,4}W)`,
  email: `[A-Za-z0-9_+-]{1,32}(\\.[A-Za-z0-9_+-]{1,32}){0,3}@(${LABEL}\\.){1,3}[A-Za-z]{2,12}`,
  hostname: HOST,
  ipv4: `(${BYTE}\\.){3}${BYTE}`,
  ipv6: '([0-9a-fA-F]{1,4}:){7}[0-9a-fA-F]{1,4}|([0-9a-fA-F]{1,4}:){1,6}:[0-9a-fA-F]{1,4}|::1',
  uuid: '[0-9a-fA-F]{8}-([0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}',
  uri: `https?://${HOST}(:[1-9]\\d{0,3})?(/${URL_CHARS}*)*(\\?${URL_CHARS}*)?(#${URL_CHARS}*)?`,
  byte: '([A-Za-z0-9+/]{4})*',
};

/** Formats that say nothing of what a value may be. */
export const OPEN_FORMATS: ReadonlySet<string> = new Set(['password', 'binary', 'float', 'double', 'int64']);
