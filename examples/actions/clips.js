'use strict';

/**
 * Short films of a stick figure, made by the computer: 32 × 32 grey pixels, 12 frames a second. Each clip has its own
 * figure (height, build, place, brightness), tempo and camera (it trembles, and its picture is noisy), and somewhere in
 * the picture a lamp flickers, so that neither place nor amount of motion alone tells the action.
 */

const size = 32;

const actions = ['bow', 'clap', 'jump', 'walk', 'wave'];

/** One clip: an array of frames, each a Float32Array of size² brightnesses, mostly within 0 and 1. */
function film(action, random) {
  const between = (low, high) => low + (high - low) * random();
  const figure = {
    height: between(15, 21),
    thickness: between(0.7, 1.2),
    brightness: between(0.5, 1),
    facing: random() < 0.5 ? -1 : 1,
    x: between(11, 21),
    ground: between(26, 30),
  };
  const frames = Math.round(between(18, 36));
  const tempo = between(0.09, 0.16); // rounds of the movement a frame
  const start = random();
  const speed = between(0.35, 0.7) * figure.facing;
  const lamp = { x: between(2, 30), y: between(2, 10), rate: between(0.2, 1) };
  return Array.from({ length: frames }, (_, frame) => {
    const round = 2 * Math.PI * (start + tempo * frame);
    const picture = new Float32Array(size * size);
    const trembling = [between(-0.4, 0.4), between(-0.4, 0.4)];
    const walked = action === 'walk' ? speed * (frame - frames / 2) : 0;
    for (const [from, to] of limbs(action, round, figure.facing)) {
      const place = ([x, y]) => [
        figure.x + walked + trembling[0] + x * figure.height,
        figure.ground + trembling[1] - y * figure.height,
      ];
      drawLine(picture, place(from), place(to), figure.thickness, figure.brightness);
    }
    const flicker = 0.5 + 0.5 * Math.sin(lamp.rate * frame * 6);
    drawLine(picture, [lamp.x, lamp.y], [lamp.x, lamp.y], 1.2, flicker);
    return picture.map((brightness) => brightness + between(-0.12, 0.12) + between(-0.12, 0.12));
  });
}

/** The figure's limbs at one moment, in shares of its height above the place where it stands. */
function limbs(action, round, facing) {
  const swing = Math.sin(round);
  let lift = 0;
  let lean = 0.02 * swing;
  let legs = [-0.05, 0.05];
  let crouch = 0;
  // Angles of the arms, 0 hanging down, π straight up; each with that of the forearm.
  let arms = [
    [-0.2, -0.2],
    [0.2, 0.2],
  ];
  if (action === 'walk') {
    legs = [-0.2 * swing, 0.2 * swing];
    arms = [
      [0.6 * swing, 0.6 * swing + 0.3 * facing],
      [-0.6 * swing, -0.6 * swing + 0.3 * facing],
    ];
  } else if (action === 'jump') {
    lift = 0.3 * Math.max(0, swing);
    crouch = 0.12 * Math.max(0, -swing);
    arms = arms.map(([upper, fore]) => [upper * (2 + 2 * swing), fore * (2 + 2 * swing)]);
  } else if (action === 'wave') {
    arms[1] = [2.2 * facing, (2.7 + 0.7 * Math.sin(2 * round)) * facing];
    arms[0] = [-0.2 * facing, -0.2 * facing];
  } else if (action === 'bow') {
    lean = facing * (0.55 + 0.55 * swing);
  } else if (action === 'clap') {
    const open = 0.5 + 0.5 * Math.sin(2 * round);
    arms = [
      [-0.4 - 0.9 * open, 0.9 - 2.2 * open],
      [0.4 + 0.9 * open, -0.9 + 2.2 * open],
    ];
  }
  const hip = [0, 0.48 + lift - crouch];
  const along = (from, angle, length) => [
    from[0] + length * Math.sin(angle),
    from[1] - length * Math.cos(angle),
  ];
  const shoulder = along(hip, Math.PI - lean, 0.32);
  const neck = along(hip, Math.PI - lean, 0.38);
  const head = along(hip, Math.PI - lean, 0.46);
  const knee = (foot) => [foot / 2 + crouch * facing, 0.25 + lift - crouch / 2];
  return [
    [hip, neck],
    [neck, head],
    [head, head],
    ...legs.flatMap((foot) => [
      [hip, knee(foot)],
      [knee(foot), [foot, lift]],
    ]),
    ...arms.flatMap(([upper, fore]) => {
      const elbow = along(shoulder, upper, 0.17);
      return [
        [shoulder, elbow],
        [elbow, along(elbow, fore, 0.17)],
      ];
    }),
  ];
}

/** A line with soft edges; a line from a point to itself is a dot. */
function drawLine(picture, [x0, y0], [x1, y1], thickness, brightness) {
  const [dx, dy] = [x1 - x0, y1 - y0];
  const length2 = dx * dx + dy * dy;
  const reach = thickness + 1;
  const clip = (value) => Math.min(size - 1, Math.max(0, value));
  for (let y = clip(Math.floor(Math.min(y0, y1) - reach)); y <= clip(Math.max(y0, y1) + reach); y += 1) {
    for (let x = clip(Math.floor(Math.min(x0, x1) - reach)); x <= clip(Math.max(x0, x1) + reach); x += 1) {
      const share = length2 === 0 ? 0 : ((x - x0) * dx + (y - y0) * dy) / length2;
      const nearest = Math.min(1, Math.max(0, share));
      const distance = Math.hypot(x - x0 - nearest * dx, y - y0 - nearest * dy);
      const cover = Math.min(1, Math.max(0, thickness + 0.5 - distance));
      picture[y * size + x] = Math.max(picture[y * size + x], cover * brightness);
    }
  }
}

/** The middle of some frames side by side, so that three fit into a terminal; two pixels a character. */
function show(frames) {
  const shade = (brightness) => ' ░▒▓█'[Math.min(4, Math.max(0, Math.round(4 * brightness)))];
  const lines = [];
  for (let y = 0; y < size; y += 2) {
    lines.push(
      frames
        .map((frame) =>
          Array.from({ length: size - 8 }, (_, column) => {
            const x = column + 4;
            return shade((frame[y * size + x] + frame[(y + 1) * size + x]) / 2 - 0.05);
          }).join(''),
        )
        .join('│'),
    );
  }
  return lines.join('\n');
}

module.exports = { actions, film, show, size };
