// The one part of WebAssembly that we use; Node's types leave it to the browser's.
declare namespace WebAssembly {
  class Memory {
    constructor(descriptor: { initial: number });
    readonly buffer: ArrayBuffer;
  }
}
