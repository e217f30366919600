fn open(gate: &mut Gate) {
    gate.log();
    gate.state = 1;
}
