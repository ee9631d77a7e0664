import react from '@vitejs/plugin-react'
import { defineConfig } from 'vite'

export default defineConfig({
  root: import.meta.dirname,
  base: './',
  plugins: [react()],
  build: {
    outDir: '../dist/renderer',
    emptyOutDir: true,
    // The web host serves pictures under /assets.
    assetsDir: 'page',
    target: 'chrome120',
    // Small files inlined as data: URLs would need a wider Content-Security-Policy.
    assetsInlineLimit: 0,
    // The licence banners of dependencies are collected at packaging time.
    chunkSizeWarningLimit: 1200,
    modulePreload: { polyfill: false },
  },
  server: { port: 5173, strictPort: false, fs: { allow: ['..'] } },
})
