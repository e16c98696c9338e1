'use strict';

const { size } = require('./clips');

const cells = 6;

/**
 * What a recogniser gets to see of each frame: its motion energy, the mean change of brightness since the frame before in
 * each cell of a grid of 6 × 6; and where the motion is, its centre and spread. 40 numbers a frame, from the second one on.
 */
function motionFeatures(frames) {
  return frames.slice(1).map((frame, index) => features(frame, frames[index]));
}

function features(frame, previous) {
  const energy = new Float64Array(cells * cells);
  const pixels = new Float64Array(cells * cells);
  let [sum, meanX, meanY] = [1e-9, 0, 0];
  const moved = (x, y) => Math.max(0, Math.abs(frame[y * size + x] - previous[y * size + x]) - 0.25);
  for (let y = 0; y < size; y += 1) {
    for (let x = 0; x < size; x += 1) {
      const cell = Math.floor((y * cells) / size) * cells + Math.floor((x * cells) / size);
      const motion = moved(x, y);
      energy[cell] += motion;
      pixels[cell] += 1;
      sum += motion;
      meanX += motion * x;
      meanY += motion * y;
    }
  }
  meanX /= sum;
  meanY /= sum;
  let [spreadX, spreadY] = [0, 0];
  for (let y = 0; y < size; y += 1) {
    for (let x = 0; x < size; x += 1) {
      const share = moved(x, y) / sum;
      spreadX += share * (x - meanX) ** 2;
      spreadY += share * (y - meanY) ** 2;
    }
  }
  const grid = Array.from(energy, (total, cell) => total / pixels[cell]);
  return [...grid, meanX / size, meanY / size, Math.sqrt(spreadX) / size, Math.sqrt(spreadY) / size];
}

module.exports = { motionFeatures };
