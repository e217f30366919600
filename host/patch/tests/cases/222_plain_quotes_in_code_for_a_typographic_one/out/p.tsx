export const t = {
  a: 'Don’t worry',
  b: 'We’re back',
  c: 'fine',
};
