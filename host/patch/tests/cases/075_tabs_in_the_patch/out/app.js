import a;

function one() {
  if (x)
    return 11;
}

function two() {
  return 2;
}
