# Builds, tests and makes the prebuilt binary, in a container of Alpine (which has Node.js) or manylinux (where that of the
# runner is in /opt/node).
set -eu
if command -v apk; then
  apk add --no-cache binutils cmake g++ make
else
  PATH=/opt/node/bin:$PATH
fi
npm ci
npm test
npm run prebuilds
npm run check:prebuilds
npm run test:package
