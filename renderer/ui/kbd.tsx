import styles from './kbd.module.css'

const isMac = typeof navigator !== 'undefined' && /Mac|iPhone|iPad/.test(navigator.userAgent)

const names: Record<string, string> = {
  $mod: isMac ? '⌘' : 'Ctrl',
  Control: 'Ctrl',
  Alt: isMac ? '⌥' : 'Alt',
  Shift: isMac ? '⇧' : 'Shift',
  Enter: '↵',
  Escape: 'Esc',
  Delete: 'Del',
  ArrowUp: '↑',
  ArrowDown: '↓',
  ArrowLeft: '←',
  ArrowRight: '→',
  Period: '.',
  Comma: ',',
  Space: 'Space',
  Digit1: '1',
  Minus: '−',
  Equal: '+',
}

/** "$mod+Enter", as key handlers spell it, in words for people. */
export function keyLabel(keys: string): string {
  return keys
    .split('+')
    .map((key) => names[key] ?? (key.length === 1 ? key.toUpperCase() : key))
    .join(isMac ? '' : ' ')
}

export function Kbd({ keys }: { keys: string }) {
  return (
    <kbd className={styles.kbd} aria-hidden>
      {keyLabel(keys)}
    </kbd>
  )
}
