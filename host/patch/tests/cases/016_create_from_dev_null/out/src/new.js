let a;
let b;
