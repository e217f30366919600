const x = 1;
const a = {
  b: 2
};
f(a);
