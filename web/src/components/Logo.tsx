/** Four stones: the mark of the product. Decorative; the name stands beside it. */
export function Logo({ size = 28 }: { size?: number }) {
  return (
    <svg viewBox="0 0 32 32" width={size} height={size} fill="currentColor" aria-hidden="true" focusable="false">
      <path d="M3 27.6c0-2.6 2-4.1 5.2-4.1h15.9c3.2 0 4.9 1.5 4.9 3.9 0 1.9-1.4 2.6-3.6 2.6H6.6C4.3 30 3 29.3 3 27.6z" />
      <path d="M6.6 19.9c0-2.2 1.7-3.5 4.3-3.5h10.5c2.6 0 4 1.3 4 3.3 0 1.6-1.2 2.3-3 2.3H9.6c-2 0-3-.6-3-2.1z" />
      <path d="M9.3 12.9c0-2 1.5-3.1 3.6-3.1h6.6c2.1 0 3.3 1.1 3.3 2.9 0 1.5-1 2.2-2.5 2.2h-8.5c-1.7 0-2.5-.6-2.5-2z" />
      <path d="M12.3 5.6C12.3 3.4 13.7 2 16 2s3.6 1.3 3.6 3.5c0 1.8-1 2.8-2.5 2.8h-2.5c-1.5 0-2.3-.9-2.3-2.7z" />
    </svg>
  );
}
