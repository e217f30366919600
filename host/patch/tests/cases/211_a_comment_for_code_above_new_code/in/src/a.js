function one() {
  return 1;
}

function two(x) {
  step1(x, 1);
  step2(x, 2);
  return 2;
}
