import type { Unread } from './client.ts'
import type { Listing } from './pages.ts'
import { listings } from './inbox.ts'
import { UnreadBadge } from './room-row.tsx'

interface TabsProps {
  chosen: Listing
  unread: Record<Listing, Unread | undefined>
  onChoose: (listing: Listing) => void
}

const titles: Record<Listing, string> = { personal: 'Personal', group: 'Groups' }

/** One stop of the Tab key; the arrow keys go from tab to tab (ARIA Authoring Practices, Tabs). */
export const Tabs = ({ chosen, unread, onChoose }: TabsProps) => (
  <div
    role="tablist"
    aria-label="Chats"
    onKeyDown={({ key, currentTarget }) => {
      if (key !== 'ArrowLeft' && key !== 'ArrowRight') return
      const other = listings.find((listing) => listing !== chosen)!
      onChoose(other)
      currentTarget.querySelector<HTMLElement>(`#tab-${other}`)?.focus()
    }}
  >
    {listings.map((listing) => (
      <button
        key={listing}
        type="button"
        role="tab"
        id={`tab-${listing}`}
        aria-controls="rooms"
        aria-selected={listing === chosen}
        tabIndex={listing === chosen ? 0 : -1}
        onClick={() => {
          onChoose(listing)
        }}
      >
        {titles[listing]}
        {(unread[listing]?.comments ?? 0) > 0 && <UnreadBadge count={unread[listing]!.comments} />}
      </button>
    ))}
  </div>
)
