function one() {
  return 11;
}

function two(x) {
  step1(x, 1);
  step2(x, 2);
  return 2;
}
