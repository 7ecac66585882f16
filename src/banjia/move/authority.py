"""Authority: certificates for the hosts a stand-in answers for, good inside one proof and nowhere else."""

from __future__ import annotations

import datetime as dt
import os
import ssl
import tempfile
from dataclasses import dataclass, field
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import pkcs12
from cryptography.x509.oid import NameOID

FROM, UNTIL = dt.datetime(2020, 1, 1), dt.datetime(2100, 1, 1)  # noqa: DTZ001 - certificates count in UTC
PASSWORD = "changeit"  # noqa: S105 - Java's own default for a store of public certificates


@dataclass
class Authority:
    """Signs one certificate a name. The key never leaves the process; only the public certificate is written."""

    folder: Path
    _key: ec.EllipticCurvePrivateKey = field(default_factory=lambda: ec.generate_private_key(ec.SECP256R1()))
    _contexts: dict[str, ssl.SSLContext] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "banjia proof")])
        usage = x509.KeyUsage(
            digital_signature=True,
            key_cert_sign=True,
            crl_sign=True,
            content_commitment=False,
            key_encipherment=False,
            data_encipherment=False,
            key_agreement=False,
            encipher_only=False,
            decipher_only=False,
        )
        made = self._unsigned(self._name, self._key.public_key()).add_extension(
            x509.BasicConstraints(ca=True, path_length=0), critical=True
        )
        self._own = made.add_extension(usage, critical=True).sign(self._key, hashes.SHA256())
        self.bundle.write_bytes(self._own.public_bytes(serialization.Encoding.PEM))
        store = pkcs12.serialize_java_truststore(
            [pkcs12.PKCS12Certificate(self._own, b"banjia")], serialization.BestAvailableEncryption(PASSWORD.encode())
        )
        self.java.write_bytes(store)
        self.php.mkdir()
        lines = f'curl.cainfo="{self.bundle}"\nopenssl.cafile="{self.bundle}"\n'
        (self.php / "authority.ini").write_text(lines, encoding="utf-8")

    @property
    def bundle(self) -> Path:
        return self.folder / "authority.pem"

    @property
    def java(self) -> Path:
        return self.folder / "authority.p12"

    @property
    def php(self) -> Path:
        return self.folder / "php"

    @property
    def variables(self) -> dict[str, str]:
        """What makes Python, Node, curl, Go, Ruby, PHP and Java trust it."""
        names = (
            "SSL_CERT_FILE",
            "REQUESTS_CA_BUNDLE",
            "CURL_CA_BUNDLE",
            "NODE_EXTRA_CA_CERTS",
            "WEBSOCKET_CLIENT_CA_BUNDLE",
        )
        java = f"-Djavax.net.ssl.trustStore={self.java} -Djavax.net.ssl.trustStorePassword={PASSWORD}"
        given = os.environ.get("JAVA_TOOL_OPTIONS", "")
        own = {
            "JAVA_TOOL_OPTIONS": f"{given} {java}".strip(),
            "PHP_INI_SCAN_DIR": f"{os.environ.get('PHP_INI_SCAN_DIR', '')}:{self.php}",
        }
        return dict.fromkeys(names, str(self.bundle)) | own

    def context(self, name: str) -> ssl.SSLContext:
        """A server's context for `name`; the client's own choice of name replaces it in the handshake."""
        if name not in self._contexts:
            self._contexts[name] = self._made(name)
        return self._contexts[name]

    def _made(self, name: str) -> ssl.SSLContext:
        key = ec.generate_private_key(ec.SECP256R1())
        subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name[:60])])
        leaf = (
            self._unsigned(subject, key.public_key())
            .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
            .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(self._key.public_key()), critical=False)
            .sign(self._key, hashes.SHA256())
        )
        secret = key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        with tempfile.NamedTemporaryFile(dir=self.folder, suffix=".pem") as both:
            both.write(leaf.public_bytes(serialization.Encoding.PEM) + secret)
            both.flush()
            context.load_cert_chain(both.name)
        context.set_alpn_protocols(["http/1.1"])
        context.sni_callback = self._choose
        return context

    def _choose(self, connection: ssl.SSLObject, name: str | None, _: ssl.SSLContext) -> None:
        if name:
            connection.context = self.context(name)

    def _unsigned(self, subject: x509.Name, key: ec.EllipticCurvePublicKey) -> x509.CertificateBuilder:
        return (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(self._name)
            .public_key(key)
            .serial_number(x509.random_serial_number())
            .not_valid_before(FROM)
            .not_valid_after(UNTIL)
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(key), critical=False)
        )
