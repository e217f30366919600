import x from "x";

export function b() {
  return 20;
}

export function c() {
  return 3;
}
