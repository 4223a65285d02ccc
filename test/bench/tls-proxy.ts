import { writeFileSync } from 'node:fs'
import { type AddressInfo, connect } from 'node:net'
import { createServer } from 'node:tls'
import { createCertificate } from './certificate.ts'

/** TLS in front of a port of this machine. Arguments: that port, and where to write the certificate. */
const [port, certificateFile] = process.argv.slice(2) as [string, string]

const certificate = createCertificate()
writeFileSync(certificateFile, certificate.cert)

const server = createServer(certificate, (socket) => {
  const behind = connect({ port: Number(port), host: '127.0.0.1', noDelay: true })
  socket.setNoDelay(true)
  socket.pipe(behind).pipe(socket)
  socket.on('error', () => behind.destroy())
  behind.on('error', () => socket.destroy())
})
server.listen(0, '127.0.0.1', () => {
  process.send!((server.address() as AddressInfo).port)
})
process.on('disconnect', () => process.exit())
