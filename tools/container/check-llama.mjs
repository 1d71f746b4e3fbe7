// Fails the image's build unless node-llama-cpp finds the llama.cpp that was built in it, with OpenMP and without a
// prebuilt binary behind it.
import { getLlama } from 'node-llama-cpp';

const llama = await getLlama({ gpu: false, build: 'never', progressLogs: false });
console.log(`llama.cpp: ${llama.buildType}, ${llama.systemInfo.trim()}`);
if (llama.buildType !== 'localBuild') throw new Error('a prebuilt binary was loaded, not the one that was built here');
if (!llama.systemInfo.includes('OPENMP = 1')) throw new Error('the build has no OpenMP');
await llama.dispose();
