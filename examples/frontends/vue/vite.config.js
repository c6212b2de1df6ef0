import vue from "@vitejs/plugin-vue";
import { defineConfig } from "vite";

// The element is none of Vue's own.
const isCustomElement = (tag) => tag === "lychgate-comments";

export default defineConfig({ plugins: [vue({ template: { compilerOptions: { isCustomElement } } })] });
