const paths = {
  archive: 'M4 5h16v4H4zM6 9v10h12V9M10 13h4',
  back: 'M15 5l-7 7 7 7',
  check: 'M5 13l4.5 4.5L19 7',
  close: 'M6 6l12 12M18 6L6 18',
  dot: 'M12 7a5 5 0 1 0 0 10a5 5 0 1 0 0-10z',
  leave: 'M10 4H5v16h5M10 12h10M16 8l4 4-4 4',
  more: 'M12 5.5v.01M12 12v.01M12 18.5v.01',
  muted: 'M6 16h12l-1.5-2.5V10a4.5 4.5 0 0 0-9 0v3.5zM10.5 19.5h3M4 4l16 16',
  pin: 'M9 4h6l-.8 6 2.8 3v2H7v-2l2.8-3zM12 15v6',
}

export type IconName = keyof typeof paths

/** @param props.label what it says, where no text beside it does */
export const Icon = ({ name, label }: { name: IconName; label?: string }) => (
  <>
    <svg class={`icon ${name}`} viewBox="0 0 24 24" aria-hidden="true">
      <path d={paths[name]} />
    </svg>
    {label && <span class="hidden">{label}</span>}
  </>
)
