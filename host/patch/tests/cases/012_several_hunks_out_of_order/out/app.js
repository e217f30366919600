import a;
import b;

function one() {
  return 1;
}

function two() {
  return 22;
}
