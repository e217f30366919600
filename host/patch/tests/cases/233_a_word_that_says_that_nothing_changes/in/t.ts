test('a', async () => {
  run();
});
