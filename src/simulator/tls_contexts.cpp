// Makes TLS contexts for each identity.
#include "tls_contexts.hpp"

#include <boost/asio/buffer.hpp>

namespace sluice::simulator {
namespace {

namespace asio = boost::asio;

/// TLS 1.1 needs ciphers and digests that OpenSSL has put behind its lowest security level.
bool only_tls_1_1(SSL_CTX* context) {
  SSL_CTX_set_security_level(context, 0);
  return SSL_CTX_set_min_proto_version(context, TLS1_1_VERSION) == 1 &&
         SSL_CTX_set_max_proto_version(context, TLS1_1_VERSION) == 1;
}

result<certificate> certificate_of(tls_identity face, const certificate& authority) {
  leaf_options wanted;
  switch (face) {
    case tls_identity::expired:
      wanted.expired = true;
      break;
    case tls_identity::wrong_host:
      wanted.names = "DNS:other.example";
      break;
    case tls_identity::unknown_ca: {
      const auto stranger = make_certificate("127.0.0.1", "A stranger");
      return stranger ? make_leaf(*stranger, wanted) : stranger;
    }
    case tls_identity::self_signed:
      return make_leaf({}, wanted);
    case tls_identity::proper:
    case tls_identity::tls_1_1:
      return authority;
  }
  return make_leaf(authority, wanted);
}

}  // namespace

result<tls_contexts::context_ptr> tls_contexts::make(tls_identity face) const {
  const auto shown = certificate_of(face, identity_);
  if (!shown)
    return shown.error();
  auto made = std::make_unique<asio::ssl::context>(asio::ssl::context::tls_server);
  boost::system::error_code ec;
  auto options = asio::ssl::context::default_workarounds | asio::ssl::context::no_tlsv1;
  if (face != tls_identity::tls_1_1)
    options |= asio::ssl::context::no_tlsv1_1;
  made->set_options(options, ec);
  if (!ec)
    made->use_certificate_chain(asio::buffer(shown->pem), ec);
  if (!ec)
    made->use_private_key(asio::buffer(shown->key_pem), asio::ssl::context::pem, ec);
  if (ec)
    return fail(errc::io_failure, "cannot use the certificate: " + ec.message());
  static constexpr unsigned char context_name[] = "sluice-simulator";
  SSL_CTX_set_session_id_context(made->native_handle(), context_name, sizeof context_name - 1);
  if (face == tls_identity::tls_1_1 && !only_tls_1_1(made->native_handle()))
    return fail(errc::not_permitted, "this OpenSSL does not speak TLS 1.1");
  return made;
}

result<void> tls_contexts::prepare(certificate identity) {
  identity_ = std::move(identity);
  auto proper = make(tls_identity::proper);
  if (!proper)
    return proper.error();
  made_[tls_identity::proper] = std::move(*proper);
  return {};
}

asio::ssl::context& tls_contexts::of(tls_identity face) {
  auto& slot = made_[face];
  if (!slot)
    if (auto other = make(face))
      slot = std::move(*other);
  return slot ? *slot : *made_.at(tls_identity::proper);
}

}  // namespace sluice::simulator
