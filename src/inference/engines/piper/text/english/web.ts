const EMAIL = /[\p{L}\d._%+-]+@[\p{L}\d-]+(?:\.[\p{L}\d-]+)+/gu;
const ENDINGS = 'com|org|net|edu|gov|info|io|dev|app|ai|co|eu|uk|us|de|fr|it|es|nl|ch|ru|ca|au|jp|cn|in|br';
const ADDRESS = new RegExp(
  String.raw`(?:https?:\/\/|ftp:\/\/|(?=www\.))[^\s<>"]+|(?<![\p{L}\d@.])(?:[a-z\d-]+\.)+(?:${ENDINGS})(?![\p{L}\d-])(?:\/[^\s<>"]*)?`,
  'giu',
);

/** Addresses of mail and of the web as one tells them on the phone, without `https://` and what follows a question mark. */
export function webWords(text: string): string {
  return text
    .replace(EMAIL, (address) => spelled(address))
    .replace(ADDRESS, (address) => {
      const [end = ''] = /[.,;:!?)'\]]*$/.exec(address) ?? [];
      const place = address.slice(0, address.length - end.length).replace(/^[a-z]+:\/\//i, '');
      return spelled((place.split(/[?#]/)[0] ?? '').replace(/\/$/, '')) + end;
    });
}

function spelled(address: string): string {
  return address
    .replace(/^www\./i, 'w w w dot ')
    .replace(/\./g, ' dot ')
    .replace(/@/g, ' at ')
    .replace(/\//g, ' slash ')
    .replace(/-/g, ' dash ')
    .replace(/_/g, ' underscore ')
    .replace(/%[\da-f]{2}/gi, ' ')
    .replace(/[~=&+:%]/g, ' ');
}
