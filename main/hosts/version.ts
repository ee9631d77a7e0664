declare const __ATELIER_VERSION__: string | undefined

/** The version in package.json, put in by the build; sources that run unbuilt say so. */
export const studioVersion = typeof __ATELIER_VERSION__ === 'string' ? __ATELIER_VERSION__ : '0.0.0-unbuilt'
