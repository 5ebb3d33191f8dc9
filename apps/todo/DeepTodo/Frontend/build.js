// Bundles js/app/<framework>/index.jsx into _build/js/app/<framework>/index.js and index.css, which is what the page loads.
import { build } from 'esbuild';

await build({
  entryPoints: { 'js/app/react/index': 'js/app/react/index.jsx' },
  outdir: '_build',
  bundle: true,
  format: 'esm',
  jsx: 'automatic',
  minify: true,
  sourcemap: true,
  target: 'es2022',
  define: { 'process.env.NODE_ENV': '"production"' },
  logLevel: 'warning',
});
