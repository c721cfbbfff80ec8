import { defineConfig } from 'vitest/config';

// A zone that is neither the theatre's nor Greenwich: whoever shows a time in the device's own is found out.
process.env['TZ'] = 'Pacific/Auckland';

// The builder hands Vitest its bundles under names that stay the same. A cache by name runs what was built before the
// last change, and a test passes that would fail.
export default defineConfig({ test: { fsModuleCache: false } });
