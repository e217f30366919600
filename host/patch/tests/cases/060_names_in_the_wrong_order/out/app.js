import a;

function one() {
  return 11;
}

function two() {
  return 2;
}
