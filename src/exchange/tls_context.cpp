// Builds the TLS context and says in words what was wrong with the authorities.
#include "tls_context.hpp"

#include <utility>

#include "net.hpp"
#include "tls_sessions.hpp"

namespace sluice::exchange {

struct tls_context::impl {
  tls_sessions sessions{};
  asio::ssl::context context{asio::ssl::context::tls_client};
};

tls_context::tls_context(std::unique_ptr<impl> made) : impl_(std::move(made)) {}
tls_context::~tls_context() = default;

result<std::unique_ptr<tls_context>> tls_context::make(const std::string& ca_file,
                                                       const std::string& ca_pem) {
  auto made = std::make_unique<impl>();
  auto& context = made->context;
  SSL_CTX_set_min_proto_version(context.native_handle(), TLS1_2_VERSION);
  context.set_verify_mode(asio::ssl::verify_peer);
  made->sessions.attach(context.native_handle());
  error_code failed;
  if (!ca_pem.empty())
    context.add_certificate_authority(asio::buffer(ca_pem), failed);
  else if (!ca_file.empty())
    context.load_verify_file(ca_file, failed);
  else
    context.set_default_verify_paths(failed);
  if (failed)
    return fail(errc::io_failure,
                "cannot load the authorities to trust" +
                    (ca_pem.empty() && !ca_file.empty() ? " from " + ca_file : std::string()) +
                    ": " + failed.message());
  return std::make_unique<tls_context>(std::move(made));
}

asio::ssl::context& context_of(tls_context& tls) {
  return tls.internals().context;
}

void resume_session(tls_context& tls, SSL* connection, const std::string& host) {
  tls.internals().sessions.resume(connection, host);
}

}  // namespace sluice::exchange
