import { fetchToken } from './local.ts'

/** Of the parts of Swagger UI, those that are used here; the package has no types. */
interface SwaggerUi {
  preauthorizeApiKey: (securityScheme: string, token: string) => void
}
declare const SwaggerUIBundle: (options: {
  url: string
  dom_id: string
  validatorUrl: null
  tryItOutEnabled: boolean
  defaultModelsExpandDepth: number
  onComplete: () => void
}) => SwaggerUi

/** Has the rooms of the examples in the document. */
const token = await fetchToken('arizal@example.com')

const dark = matchMedia('(prefers-color-scheme: dark)')
const followScheme = () => {
  document.documentElement.classList.toggle('dark-mode', dark.matches)
}
dark.addEventListener('change', followScheme)
followScheme()

const ui = SwaggerUIBundle({
  url: '/local/openapi.json',
  dom_id: '#document',
  validatorUrl: null,
  tryItOutEnabled: true,
  // The schemas of the bodies below the endpoints are closed at first.
  defaultModelsExpandDepth: 0,
  onComplete: () => {
    ui.preauthorizeApiKey('token', token)
  },
})
