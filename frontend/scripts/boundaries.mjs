// ESLint rule that holds the borders of the workspace: an application imports `shared` and itself,
// `shared` imports no application, a feature (a folder under src/app) imports no other feature.
// An application may have folders that its features stand on, as they do on `shared`: the door has
// its device, its list and its record. These import one another, and no feature.
// The files directly in src/app are where features are put together, so they may import them all.
import { dirname, relative, resolve, sep } from 'node:path';

const ALIAS = '@azione/shared/';
const BASES = { door: ['device', 'door-list', 'offline', 'camera', 'preflight', 'exchange'] };

/** `{project: 'site', feature: 'shell'}` for a path inside projects/, or null outside of it. */
function zoneOf(path, projects) {
  const [project, ...rest] = relative(projects, path).split(sep);
  if (!['site', 'door', 'shared'].includes(project)) {
    return null;
  }
  const inApp = rest[0] === 'src' && rest[1] === 'app' && rest.length > 3;
  return { project, feature: inApp ? rest[2] : null, composes: !inApp };
}

function resolveImport(specifier, importer, projects) {
  if (specifier.startsWith(ALIAS)) {
    return resolve(projects, 'shared', specifier.slice(ALIAS.length));
  }
  return specifier.startsWith('.') ? resolve(dirname(importer), specifier) : null;
}

function violation(from, to) {
  if (from.project !== to.project) {
    return to.project === 'shared' ? null : 'project';
  }
  if (from.project === 'shared' || from.composes) {
    return null;
  }
  return from.feature === to.feature || isBase(to) ? null : 'feature';
}

function isBase({ project, feature }) {
  return (BASES[project] ?? []).includes(feature);
}

export const boundaries = {
  meta: {
    type: 'problem',
    schema: [{ type: 'object', properties: { projects: { type: 'string' } } }],
    messages: {
      project: '{{from}} must not import {{to}}: what both need belongs to shared.',
      feature:
        'A feature imports shared and what its application stands on, never another feature or the composing files in app/.',
    },
  },
  create(context) {
    const { projects } = context.options[0];
    const from = zoneOf(context.filename, projects);
    if (from === null) {
      return {};
    }
    const checkSource = (node) => {
      if (typeof node.source?.value !== 'string') {
        return;
      }
      const target = resolveImport(node.source.value, context.filename, projects);
      const to = target === null ? null : zoneOf(target, projects);
      const messageId = to === null ? null : violation(from, to);
      if (messageId) {
        context.report({ node, messageId, data: { from: from.project, to: to.project } });
      }
    };
    return {
      ImportDeclaration: checkSource,
      ImportExpression: checkSource,
      ExportNamedDeclaration: checkSource,
      ExportAllDeclaration: checkSource,
    };
  },
};
