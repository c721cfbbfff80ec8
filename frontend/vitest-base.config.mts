import { defineConfig } from 'vitest/config';

// The builder hands Vitest its bundles under names that stay the same. A cache by name runs what was built before the
// last change, and a test passes that would fail.
export default defineConfig({ test: { fsModuleCache: false } });
