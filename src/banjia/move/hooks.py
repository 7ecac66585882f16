"""Hooks: how Python and Node processes are enclosed where the system gives no network of its own to a process."""

PYTHON = """\
import json, os, socket
_log = os.environ["BANJIA_DENIED"]
_answers = json.loads(os.environ["BANJIA_ANSWERS"])
_inside = ("127.", "::1", "localhost")
def _mapped(host, port):
    for name, at in _answers.items():
        known, _, number = name.rpartition(":")
        if str(port) == number and (host == known or known[:2] == "*." and host.endswith(known[1:])):
            return at
    return None
def _check(host):
    if host and not host.startswith(_inside) and not host.startswith("/"):
        with open(_log, "a") as out:
            out.write(host + "\\n")
        raise OSError("connection denied: " + host)
_lookup = socket.getaddrinfo
def getaddrinfo(host, port=None, *a, **k):
    if host is not None:
        host = host.decode() if isinstance(host, bytes) else str(host)
        at = _mapped(host, port)
        if at is not None:
            return _lookup("127.0.0.1", at, *a, **k)
        _check(host)
    return _lookup(host, port, *a, **k)
socket.getaddrinfo = getaddrinfo
def _to(address):
    if isinstance(address, tuple):
        at = _mapped(str(address[0]), address[1])
        if at is not None:
            return ("127.0.0.1", at)
        _check(str(address[0]))
    return address
class _Socket(socket.socket):
    def connect(self, address):
        return super().connect(_to(address))
    def connect_ex(self, address):
        return super().connect_ex(_to(address))
socket.socket = _Socket
"""
NODE = """\
const fs = require("fs"), net = require("net"), dns = require("dns");
const answers = Object.entries(JSON.parse(process.env.BANJIA_ANSWERS));
const inside = (h) => !h || /^(127\\.|::1$|localhost$)/.test(h);
const mapped = (h, p) => {
  for (const [name, at] of answers) {
    const cut = name.lastIndexOf(":"), known = name.slice(0, cut);
    if (String(p) !== name.slice(cut + 1)) continue;
    if (h === known || (known.startsWith("*.") && h.endsWith(known.slice(1)))) return at;
  }
  return null;
};
const deny = (h) => {
  fs.appendFileSync(process.env.BANJIA_DENIED, h + "\\n");
  return new Error("connection denied: " + h);
};
const connect = net.Socket.prototype.connect;
net.Socket.prototype.connect = function (...args) {
  const o = Array.isArray(args[0]) ? args[0][0] : args[0];
  if (typeof o === "object" && o && o.path == null) {
    const at = mapped(o.host, o.port);
    if (at !== null) { o.host = "127.0.0.1"; o.port = at; delete o.lookup; }
    else if (!inside(o.host)) { this.destroy(deny(o.host)); return this; }
  }
  return connect.apply(this, args);
};
const lookup = dns.lookup;
dns.lookup = function (host, ...rest) {
  if (!inside(host)) { const done = rest[rest.length - 1]; process.nextTick(() => done(deny(host))); return {}; }
  return lookup.call(this, host, ...rest);
};
"""
