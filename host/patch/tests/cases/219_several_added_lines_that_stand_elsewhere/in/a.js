function a() {
  lock();
  run();
  unlock();
}

function b() {
  go(1, 2);
}
