#!/usr/bin/env node
// Stands in for node-gyp under prebuildify: whatever target is asked for, Node-API makes it the same build.
import { execFileSync } from 'node:child_process';
import { rmSync } from 'node:fs';

const extra = JSON.parse(process.env.BPTT_CMAKE_ARGUMENTS ?? '[]');
const run = (...args) => execFileSync('cmake', args, { stdio: 'inherit' });

rmSync('build', { recursive: true, force: true });
run('-S', '.', '-B', 'build', '-DCMAKE_BUILD_TYPE=Release', ...extra);
run('--build', 'build', '--config', 'Release', '--parallel', '2');
