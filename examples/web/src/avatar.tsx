import { useState } from 'preact/hooks'
import { makeInitials, pickHue } from './format.ts'

interface AvatarProps {
  /** Decides the colour. */
  id: number
  name: string
  url: string
}

/**
 * A picture, or initials on a colour. Only pictures that are within their URL are shown, because this
 * page sends no request to another machine.
 */
export const Avatar = ({ id, name, url }: AvatarProps) => {
  const [isBroken, setBroken] = useState(false)
  if (url.startsWith('data:image/') && !isBroken)
    return (
      <img
        class="avatar"
        src={url}
        alt=""
        onError={() => {
          setBroken(true)
        }}
      />
    )
  return (
    <span class="avatar" style={{ '--hue': pickHue(id) }} aria-hidden="true">
      {makeInitials(name) || '?'}
    </span>
  )
}
