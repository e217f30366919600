export const t = {
  a: 'Don’t worry',
  b: 'We’re here',
  c: 'ok',
};
