// The first three.
let a = 10;
let b = 20;
let c = 30;
