// Made by npm run contract from docs/openapi.yaml. Change that instead.

export interface paths {
  '/chat/personal': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    /**
     * The caller's 1-on-1 rooms
     * @description Rooms are sorted by the time of the last comment, then by its id, then by the id of the room, all descending.
     */
    get: operations['listPersonalChats']
    put?: never
    post?: never
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/chat/group': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    /**
     * The caller's groups
     * @description Rooms are sorted by the time of the last comment, then by its id, then by the id of the room, all descending.
     */
    get: operations['listGroupChats']
    put?: never
    post?: never
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/chat/all': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    /**
     * All of the caller's rooms in one list
     * @description Rooms are sorted by the time of the last comment, then by its id, then by the id of the room, all descending. Use this list: it has what the other two lists have, and more.
     */
    get: operations['listAllChats']
    put?: never
    post?: never
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/chat/leave': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    get?: never
    put?: never
    /**
     * Takes the caller out of a room
     * @description The next listing of the caller does not show the room. Send `room_id` in the query string or in the body, of at most 1 KB.
     */
    post: operations['leaveChat']
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
}
export type webhooks = Record<string, never>
export interface components {
  schemas: {
    PersonalListing: {
      /** @description false */
      error: boolean
      data: {
        results: {
          meta: components['schemas']['PageMeta']
          rooms_info: components['schemas']['PersonalRoom'][]
        }
        /**
         * Format: int32
         * @description 200
         */
        status: number
      }
    }
    GroupListing: {
      /** @description false */
      error: boolean
      data: {
        results: {
          meta: components['schemas']['PageMeta']
          rooms_info: components['schemas']['GroupRoom'][]
        }
        /**
         * Format: int32
         * @description 200
         */
        status: number
      }
    }
    PageMeta: {
      /**
       * Format: int32
       * @description The number of this page.
       */
      current_page: number
      /**
       * Format: int32
       * @description The number of rooms in the listing, over all pages.
       */
      total_room: number
    }
    MixedListing: {
      /** @description false */
      error: boolean
      data: {
        results: {
          meta: components['schemas']['MixedPageMeta']
          rooms_info: components['schemas']['MixedRoom'][]
        }
        /**
         * Format: int32
         * @description 200
         */
        status: number
      }
    }
    MixedPageMeta: {
      /**
       * Format: int32
       * @description The number of this page.
       */
      current_page: number
      /**
       * Format: int32
       * @description The number of rooms in the list, over all pages. With `unread`, `archived` or `pinned`, of the rooms that match. With `room_id`, of the rooms in this response.
       */
      total_room: number
      /** @description The `cursor` of the next page. The last page has none. */
      next_cursor?: string
      /**
       * Format: int32
       * @description With `unread=true`: the sum of the `unread_count` of all rooms in the list, over all pages.
       */
      unread_comments?: number
      /** @description For `since`, to learn what changes from now on. A first page and a response to `since` have it, unless they have a filter. */
      sync_token?: string
      /** @description With `since`: the rooms that have left the list since then. With `room_id`: those that are not in the list. */
      removed_rooms?: components['schemas']['RoomId'][]
    }
    /** @description A personal room or a group, with the flags that the caller has set. */
    MixedRoom: {
      last_comment_id: components['schemas']['LastCommentId']
      last_comment_message: components['schemas']['LastCommentMessage']
      last_comment_timestamp: components['schemas']['LastCommentTimestamp']
      /** @description Of a personal room only: who is in the room now, in the order of joining. */
      participants?: components['schemas']['Participant'][]
      room_avatar_url: components['schemas']['RoomAvatarUrl']
      room_id: components['schemas']['RoomId']
      /** @description The name of the group. In a personal room, the username of the other participant, also after they left, until they are erased; empty if nobody else was ever in the room. */
      room_name: string
      /** @enum {string} */
      room_type: 'single' | 'group'
      unread_count: components['schemas']['UnreadCount']
      /** @description The address of the author of the last comment, in lower case; empty if there is none, or if the author is not known or was erased. */
      last_comment_email: string
      /** @description The name of that author when the comment was posted; empty if the chat backend did not send it. */
      last_comment_username: string
      /**
       * Format: int64
       * @description The caller has read the comments up to this one; 0 if none.
       */
      last_comment_read_id: number
      /** @description Whether the caller has muted the room. */
      muted: boolean
      /** @description Whether the caller has pinned the room. */
      pinned: boolean
      /** @description Whether the caller has archived the room. The next comment in the room ends it. */
      archived: boolean
      /** @description Whether the caller has marked the room as unread. The next time that the caller reads the room ends it. */
      marked_unread: boolean
    }
    PersonalRoom: {
      last_comment_id: components['schemas']['LastCommentId']
      last_comment_message: components['schemas']['LastCommentMessage']
      last_comment_timestamp: components['schemas']['LastCommentTimestamp']
      /** @description Who is in the room now, in the order of joining. */
      participants: components['schemas']['Participant'][]
      room_avatar_url: components['schemas']['RoomAvatarUrl']
      room_id: components['schemas']['RoomId']
      /** @description The username of the other participant, also after they left, until they are erased; empty if nobody else was ever in the room. */
      room_name: string
      /** @enum {string} */
      room_type: 'single'
      unread_count: components['schemas']['UnreadCount']
    }
    GroupRoom: {
      last_comment_id: components['schemas']['LastCommentId']
      last_comment_message: components['schemas']['LastCommentMessage']
      last_comment_timestamp: components['schemas']['LastCommentTimestamp']
      room_avatar_url: components['schemas']['RoomAvatarUrl']
      room_id: components['schemas']['RoomId']
      /** @description The name of the group. */
      room_name: string
      /** @enum {string} */
      room_type: 'group'
      unread_count: components['schemas']['UnreadCount']
    }
    /**
     * Format: int64
     * @description The id of the last comment; 0 if there is none.
     */
    LastCommentId: number
    /** @description The beginning of the last comment, up to 256 bytes of UTF-8; empty if there is none. */
    LastCommentMessage: string
    /**
     * Format: date-time
     * @description The time of the last comment in UTC; the creation of the room if there is none.
     */
    LastCommentTimestamp: string
    /** @description The URL of the avatar of the room; may be empty. */
    RoomAvatarUrl: string
    /**
     * Format: int64
     * @description The id of the room.
     */
    RoomId: number
    /**
     * Format: int32
     * @description The comments of others that the caller has not read, up to 999.
     */
    UnreadCount: number
    Participant: {
      /** @description The URL of the avatar; may be empty. */
      avatar_url: string
      /** @description The address that identifies the participant. */
      email: string
      /**
       * Format: int64
       * @description The id of the participant in the chat backend.
       */
      id: number
      /**
       * Format: int64
       * @description The participant has read the comments up to this one; 0 if none.
       */
      last_comment_read_id: number
      /**
       * Format: int64
       * @description The device of the participant has the comments up to this one; 0 if none.
       */
      last_comment_received_id: number
      /** @description The name that is shown. */
      username: string
    }
    LeaveRequest: {
      /**
       * Format: int64
       * @description The id of the room to leave.
       */
      room_id?: number
    }
    LeaveResult: {
      /** @description false */
      error: boolean
    }
    /** @description An error of the inbox. Branch on `code`. */
    InboxError: {
      /** @description true */
      error: boolean
      data: {
        /** @enum {string} */
        code:
          | 'invalid_page'
          | 'invalid_limit'
          | 'invalid_cursor'
          | 'invalid_unread'
          | 'invalid_archived'
          | 'invalid_pinned'
          | 'invalid_since'
          | 'invalid_room_id'
          | 'invalid_body'
          | 'forbidden'
          | 'room_not_found'
          | 'sync_expired'
          | 'internal'
          | 'unavailable'
        /** @description What was wrong and what to do, for people. It may change. */
        message: string
        /**
         * Format: int32
         * @description The status of the response.
         */
        status: number
      }
    }
    /** @description An error of API Gateway itself. */
    GatewayError: {
      /** @description What was wrong. */
      message: string
    }
  }
  responses: {
    /** @description The app already has this response: the one with the `ETag` in `If-None-Match`. */
    NotModified: {
      headers: {
        /** @description The version of the response, for `If-None-Match`. */
        ETag: string
        /** @description `private, no-cache` */
        'Cache-Control': string
        /** @description The headers of the request that the response depends on. */
        Vary: string
        /** @description The next page: `<?limit=…&cursor=…>; rel="next"`, relative to the URL of the request. The last page has none. */
        Link?: string
        /** @description With `unread=true`: the sum of the `unread_count` of all rooms in the listing, over all pages. */
        'Unread-Comments'?: number
        /** @description The id of the request. Name it when you report a problem. */
        'apigw-requestid'?: string
        [name: string]: unknown
      }
      content?: never
    }
    /** @description A parameter is wrong. */
    WrongListingParameter: {
      headers: {
        /** @description `no-store` */
        'Cache-Control': string
        /** @description The id of the request. Name it when you report a problem. */
        'apigw-requestid'?: string
        [name: string]: unknown
      }
      content: {
        'application/json': components['schemas']['InboxError']
      }
    }
    /** @description A parameter is wrong. */
    WrongMixedListingParameter: {
      headers: {
        /** @description `no-store` */
        'Cache-Control': string
        /** @description The id of the request. Name it when you report a problem. */
        'apigw-requestid'?: string
        [name: string]: unknown
      }
      content: {
        'application/json': components['schemas']['InboxError']
      }
    }
    /** @description There is no token, or an invalid or expired one. Get a new token. The response has no `Content-Type`. */
    Unauthorized: {
      headers: {
        /** @description `Bearer`, with the reason if there was a token. */
        'WWW-Authenticate': string
        /** @description The id of the request. Name it when you report a problem. */
        'apigw-requestid'?: string
        [name: string]: unknown
      }
      content: {
        'application/json': components['schemas']['GatewayError']
      }
    }
    /** @description The token does not say who calls. */
    Forbidden: {
      headers: {
        /** @description `no-store` */
        'Cache-Control': string
        /** @description The id of the request. Name it when you report a problem. */
        'apigw-requestid'?: string
        [name: string]: unknown
      }
      content: {
        'application/json': components['schemas']['InboxError']
      }
    }
    /** @description More requests than the stage accepts. Wait, and send the request again. */
    TooManyRequests: {
      headers: {
        /** @description The id of the request. Name it when you report a problem. */
        'apigw-requestid'?: string
        [name: string]: unknown
      }
      content: {
        'application/json': components['schemas']['GatewayError']
      }
    }
    /** @description An error in the service. */
    InternalError: {
      headers: {
        /** @description `no-store` */
        'Cache-Control'?: string
        /** @description The id of the request. Name it when you report a problem. */
        'apigw-requestid'?: string
        [name: string]: unknown
      }
      content: {
        'application/json':
          components['schemas']['InboxError'] | components['schemas']['GatewayError']
      }
    }
    /** @description The service is busy. Send the request again after `Retry-After` seconds, or after a second. */
    Unavailable: {
      headers: {
        /** @description `no-store` */
        'Cache-Control'?: string
        /** @description The number of seconds after which to send the request again. */
        'Retry-After'?: number
        /** @description The id of the request. Name it when you report a problem. */
        'apigw-requestid'?: string
        [name: string]: unknown
      }
      content: {
        'application/json':
          components['schemas']['InboxError'] | components['schemas']['GatewayError']
      }
    }
  }
  parameters: {
    /** @description The number of the page; without it, the first. Page numbers reach the first 2,000 rooms: `page` · `limit` ≤ 2,000. */
    Page: number
    /** @description Rooms per page; without it, 20. */
    Limit: number
    /** @description Where the page begins, from the `Link` header of the page before; instead of `page`. Cursors reach every room. */
    Cursor: string
    /** @description With `true`, only rooms with unread comments and those that the caller has marked as unread, without those that the caller has muted or archived. The header `Unread-Comments` then has the sum of their counts. */
    Unread: boolean
    /** @description The `ETag` of the response that the app has. If it is still the same, the API returns 304. */
    IfNoneMatch: string
  }
  requestBodies: never
  headers: {
    /** @description The version of the response, for `If-None-Match`. */
    ETag: string
    /** @description `private, no-cache` */
    PrivateNoCache: string
    /** @description `no-store` */
    NoStore: string
    /** @description `no-store` */
    NoStoreOfInbox: string
    /** @description The headers of the request that the response depends on. */
    Vary: string
    /** @description The next page: `<?limit=…&cursor=…>; rel="next"`, relative to the URL of the request. The last page has none. */
    Link: string
    /** @description With `unread=true`: the sum of the `unread_count` of all rooms in the listing, over all pages. */
    UnreadComments: number
    /** @description `br` or `gzip`, as `Accept-Encoding` allows, if the body is large enough to gain from it. */
    ContentEncoding: string
    /** @description The id of the request. Name it when you report a problem. */
    RequestId: string
  }
  pathItems: never
}
export type $defs = Record<string, never>
export interface operations {
  listPersonalChats: {
    parameters: {
      query?: {
        /** @description The number of the page; without it, the first. Page numbers reach the first 2,000 rooms: `page` · `limit` ≤ 2,000. */
        page?: components['parameters']['Page']
        /** @description Rooms per page; without it, 20. */
        limit?: components['parameters']['Limit']
        /** @description Where the page begins, from the `Link` header of the page before; instead of `page`. Cursors reach every room. */
        cursor?: components['parameters']['Cursor']
        /** @description With `true`, only rooms with unread comments and those that the caller has marked as unread, without those that the caller has muted or archived. The header `Unread-Comments` then has the sum of their counts. */
        unread?: components['parameters']['Unread']
      }
      header?: {
        /** @description The `ETag` of the response that the app has. If it is still the same, the API returns 304. */
        'If-None-Match'?: components['parameters']['IfNoneMatch']
      }
      path?: never
      cookie?: never
    }
    requestBody?: never
    responses: {
      /** @description A page of the listing. */
      200: {
        headers: {
          /** @description The version of the response, for `If-None-Match`. */
          ETag: string
          /** @description `private, no-cache` */
          'Cache-Control': string
          /** @description The headers of the request that the response depends on. */
          Vary: string
          /** @description The next page: `<?limit=…&cursor=…>; rel="next"`, relative to the URL of the request. The last page has none. */
          Link?: string
          /** @description With `unread=true`: the sum of the `unread_count` of all rooms in the listing, over all pages. */
          'Unread-Comments'?: number
          /** @description The id of the request. Name it when you report a problem. */
          'apigw-requestid'?: string
          /** @description `br` or `gzip`, as `Accept-Encoding` allows, if the body is large enough to gain from it. */
          'Content-Encoding'?: string
          [name: string]: unknown
        }
        content: {
          'application/json': components['schemas']['PersonalListing']
        }
      }
      304: components['responses']['NotModified']
      400: components['responses']['WrongListingParameter']
      401: components['responses']['Unauthorized']
      403: components['responses']['Forbidden']
      429: components['responses']['TooManyRequests']
      500: components['responses']['InternalError']
      503: components['responses']['Unavailable']
    }
  }
  listGroupChats: {
    parameters: {
      query?: {
        /** @description The number of the page; without it, the first. Page numbers reach the first 2,000 rooms: `page` · `limit` ≤ 2,000. */
        page?: components['parameters']['Page']
        /** @description Rooms per page; without it, 20. */
        limit?: components['parameters']['Limit']
        /** @description Where the page begins, from the `Link` header of the page before; instead of `page`. Cursors reach every room. */
        cursor?: components['parameters']['Cursor']
        /** @description With `true`, only rooms with unread comments and those that the caller has marked as unread, without those that the caller has muted or archived. The header `Unread-Comments` then has the sum of their counts. */
        unread?: components['parameters']['Unread']
      }
      header?: {
        /** @description The `ETag` of the response that the app has. If it is still the same, the API returns 304. */
        'If-None-Match'?: components['parameters']['IfNoneMatch']
      }
      path?: never
      cookie?: never
    }
    requestBody?: never
    responses: {
      /** @description A page of the listing. */
      200: {
        headers: {
          /** @description The version of the response, for `If-None-Match`. */
          ETag: string
          /** @description `private, no-cache` */
          'Cache-Control': string
          /** @description The headers of the request that the response depends on. */
          Vary: string
          /** @description The next page: `<?limit=…&cursor=…>; rel="next"`, relative to the URL of the request. The last page has none. */
          Link?: string
          /** @description With `unread=true`: the sum of the `unread_count` of all rooms in the listing, over all pages. */
          'Unread-Comments'?: number
          /** @description The id of the request. Name it when you report a problem. */
          'apigw-requestid'?: string
          /** @description `br` or `gzip`, as `Accept-Encoding` allows, if the body is large enough to gain from it. */
          'Content-Encoding'?: string
          [name: string]: unknown
        }
        content: {
          'application/json': components['schemas']['GroupListing']
        }
      }
      304: components['responses']['NotModified']
      400: components['responses']['WrongListingParameter']
      401: components['responses']['Unauthorized']
      403: components['responses']['Forbidden']
      429: components['responses']['TooManyRequests']
      500: components['responses']['InternalError']
      503: components['responses']['Unavailable']
    }
  }
  listAllChats: {
    parameters: {
      query?: {
        /** @description The number of the page; without it, the first. Page numbers reach the first 2,000 rooms: `page` · `limit` ≤ 2,000. */
        page?: components['parameters']['Page']
        /** @description Rooms per page; without it, 20. */
        limit?: components['parameters']['Limit']
        /** @description Where the page begins: the `next_cursor` of the page before; instead of `page`. Cursors reach every room. Send the other parameters again. */
        cursor?: string
        /** @description With `true`, only rooms with unread comments and those that the caller has marked as unread, without those that the caller has muted or archived. The header `Unread-Comments` then has the sum of their counts. */
        unread?: components['parameters']['Unread']
        /** @description With `true`, only rooms that the caller has archived; with `false`, only the others; without it, both. */
        archived?: boolean
        /** @description With `true`, only rooms that the caller has pinned; with `false`, only the others; without it, both. */
        pinned?: boolean
        /** @description The `sync_token` of an earlier response. The response has the rooms that have changed since then, and in `removed_rooms` those that are not in the list any more. Send no other parameter with it. */
        since?: string
        /** @description 1 to 100 ids of rooms, separated by commas. The response has these rooms, and in `removed_rooms` those that are not in the list. Send no other parameter with it. */
        room_id?: string
      }
      header?: {
        /** @description The `ETag` of the response that the app has. If it is still the same, the API returns 304. */
        'If-None-Match'?: components['parameters']['IfNoneMatch']
      }
      path?: never
      cookie?: never
    }
    requestBody?: never
    responses: {
      /** @description A page of the list, or the rooms that `since` or `room_id` asks for. */
      200: {
        headers: {
          /** @description The version of the response, for `If-None-Match`. */
          ETag: string
          /** @description `private, no-cache` */
          'Cache-Control': string
          /** @description The headers of the request that the response depends on. */
          Vary: string
          /** @description The next page: `<?limit=…&cursor=…>; rel="next"`, relative to the URL of the request. The last page has none. */
          Link?: string
          /** @description With `unread=true`: the sum of the `unread_count` of all rooms in the listing, over all pages. */
          'Unread-Comments'?: number
          /** @description The id of the request. Name it when you report a problem. */
          'apigw-requestid'?: string
          /** @description `br` or `gzip`, as `Accept-Encoding` allows, if the body is large enough to gain from it. */
          'Content-Encoding'?: string
          [name: string]: unknown
        }
        content: {
          'application/json': components['schemas']['MixedListing']
        }
      }
      304: components['responses']['NotModified']
      400: components['responses']['WrongMixedListingParameter']
      401: components['responses']['Unauthorized']
      403: components['responses']['Forbidden']
      /** @description What changed since the token is not known any more. Load the list again from its first page, and replace the copy that the app has. */
      410: {
        headers: {
          /** @description `no-store` */
          'Cache-Control': string
          /** @description The id of the request. Name it when you report a problem. */
          'apigw-requestid'?: string
          [name: string]: unknown
        }
        content: {
          'application/json': components['schemas']['InboxError']
        }
      }
      429: components['responses']['TooManyRequests']
      500: components['responses']['InternalError']
      503: components['responses']['Unavailable']
    }
  }
  leaveChat: {
    parameters: {
      query?: {
        /** @description The room to leave. Send it here or in the body; if in both, then the same. */
        room_id?: number
      }
      header?: never
      path?: never
      cookie?: never
    }
    requestBody?: {
      content: {
        'application/json': components['schemas']['LeaveRequest']
        'application/x-www-form-urlencoded': components['schemas']['LeaveRequest']
      }
    }
    responses: {
      /** @description The caller is not in the room any more. Leaving again succeeds again. */
      200: {
        headers: {
          /** @description `no-store` */
          'Cache-Control': string
          /** @description The id of the request. Name it when you report a problem. */
          'apigw-requestid'?: string
          [name: string]: unknown
        }
        content: {
          'application/json': components['schemas']['LeaveResult']
        }
      }
      /** @description The parameter or the body is wrong. */
      400: {
        headers: {
          /** @description `no-store` */
          'Cache-Control': string
          /** @description The id of the request. Name it when you report a problem. */
          'apigw-requestid'?: string
          [name: string]: unknown
        }
        content: {
          'application/json': components['schemas']['InboxError']
        }
      }
      401: components['responses']['Unauthorized']
      403: components['responses']['Forbidden']
      /** @description The room does not exist, or the caller was never in it. */
      404: {
        headers: {
          /** @description `no-store` */
          'Cache-Control': string
          /** @description The id of the request. Name it when you report a problem. */
          'apigw-requestid'?: string
          [name: string]: unknown
        }
        content: {
          'application/json': components['schemas']['InboxError']
        }
      }
      /** @description The body has more than 10 MB. */
      413: {
        headers: {
          /** @description The id of the request. Name it when you report a problem. */
          'apigw-requestid'?: string
          [name: string]: unknown
        }
        content: {
          'application/json': components['schemas']['GatewayError']
        }
      }
      429: components['responses']['TooManyRequests']
      500: components['responses']['InternalError']
      503: components['responses']['Unavailable']
    }
  }
}
