// The one place of this layer that knows OpenSSL: contexts, handshakes, and bytes through them.
#include "tls_transport.hpp"

#include <fmt/format.h>
#include <openssl/x509v3.h>

#include <boost/asio/redirect_error.hpp>
#include <boost/asio/ssl.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>

namespace sluice::status {

namespace asio = boost::asio;
namespace ssl = boost::asio::ssl;
using boost::system::error_code;

struct tls_identity::impl {
  ssl::context context{ssl::context::tls_server};
};

namespace {

class tls_transport final : public transport {
 public:
  tls_transport(asio::ip::tcp::socket socket, ssl::context& context,
                ssl::stream_base::handshake_type side, std::shared_ptr<void> owner)
      : owner_(std::move(owner)), stream_(std::move(socket), context), side_(side) {}

  asio::ip::tcp::socket& socket() override { return stream_.next_layer(); }
  ssl::stream<asio::ip::tcp::socket>& stream() { return stream_; }

  asio::awaitable<error_code> handshake() override {
    error_code failed;
    co_await stream_.async_handshake(side_, asio::redirect_error(asio::use_awaitable, failed));
    co_return failed;
  }

  asio::awaitable<read_result> read_some(asio::mutable_buffer into) override {
    read_result got;
    got.size = co_await stream_.async_read_some(
        into, asio::redirect_error(asio::use_awaitable, got.failed));
    // Many clients close without saying so; lengths tell whether something is missing.
    if (got.failed == ssl::error::stream_truncated)
      got.failed = asio::error::eof;
    co_return got;
  }

  asio::awaitable<error_code> write(std::array<asio::const_buffer, 2> parts) override {
    error_code failed;
    co_await asio::async_write(stream_, parts, asio::redirect_error(asio::use_awaitable, failed));
    co_return failed;
  }

  asio::awaitable<void> end_sending() override {
    error_code ignored;
    co_await stream_.async_shutdown(asio::redirect_error(asio::use_awaitable, ignored));
    socket().shutdown(asio::ip::tcp::socket::shutdown_send, ignored);
  }

  std::string handshake_words() const override {
    const auto verified = SSL_get_verify_result(
        const_cast<ssl::stream<asio::ip::tcp::socket>&>(stream_).native_handle());
    if (verified == X509_V_OK)
      return {};
    return fmt::format("its certificate is not trusted: {}",
                       X509_verify_cert_error_string(verified));
  }

 private:
  std::shared_ptr<void> owner_;  ///< Of the context.
  ssl::stream<asio::ip::tcp::socket> stream_;
  ssl::stream_base::handshake_type side_;
};

/// The name is asked for, and whoever answers must prove it.
bool expect(SSL* connection, const std::string& host) {
  error_code not_literal;
  asio::ip::make_address(host, not_literal);
  if (!not_literal)
    return X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(connection), host.c_str()) == 1;
  return SSL_set_tlsext_host_name(connection, host.c_str()) == 1 &&
         SSL_set1_host(connection, host.c_str()) == 1;
}

}  // namespace

tls_identity::tls_identity(std::unique_ptr<impl> made) : impl_(std::move(made)) {}
tls_identity::~tls_identity() = default;

result<std::shared_ptr<tls_identity>> tls_identity::make(std::string_view certificate,
                                                         std::string_view key) {
  auto made = std::make_unique<impl>();
  auto& context = made->context;
  error_code failed;
  SSL_CTX_set_min_proto_version(context.native_handle(), TLS1_2_VERSION);
  SSL_CTX_set_options(context.native_handle(), SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION);
  // A passphrase would be asked for at the terminal.
  context.set_password_callback([](std::size_t, ssl::context::password_purpose) { return ""; },
                                failed);
  context.use_certificate_chain(asio::buffer(certificate.data(), certificate.size()), failed);
  if (failed)
    return fail(errc::malformed, "the certificate cannot be read: " + failed.message());
  context.use_private_key(asio::buffer(key.data(), key.size()), ssl::context::pem, failed);
  if (failed)
    return fail(errc::malformed,
                "the key cannot be read, or is not that of the certificate: " + failed.message());
  if (SSL_CTX_check_private_key(context.native_handle()) != 1)
    return fail(errc::invalid_value, "the key is not that of the certificate");
  return std::make_shared<tls_identity>(std::move(made));
}

std::unique_ptr<transport> make_tls_transport(asio::ip::tcp::socket socket,
                                              std::shared_ptr<tls_identity> identity) {
  auto& context = identity->internals().context;
  return std::make_unique<tls_transport>(std::move(socket), context, ssl::stream_base::server,
                                         std::move(identity));
}

result<std::unique_ptr<transport>> make_tls_client_transport(asio::ip::tcp::socket socket,
                                                             const std::string& ca_file,
                                                             const std::string& host) {
  auto context = std::make_shared<ssl::context>(ssl::context::tls_client);
  error_code failed;
  SSL_CTX_set_min_proto_version(context->native_handle(), TLS1_2_VERSION);
  context->set_verify_mode(ssl::verify_peer);
  if (ca_file.empty())
    context->set_default_verify_paths(failed);
  else
    context->load_verify_file(ca_file, failed);
  if (failed)
    return fail(errc::invalid_value,
                fmt::format("cannot load the authorities to trust{}: {}",
                            ca_file.empty() ? "" : " from " + ca_file, failed.message()));
  auto& ready = *context;
  auto made = std::make_unique<tls_transport>(std::move(socket), ready, ssl::stream_base::client,
                                              std::move(context));
  if (!expect(made->stream().native_handle(), host))
    return fail(errc::invalid_value, fmt::format("'{}' is no name of a host", host));
  return std::unique_ptr<transport>{std::move(made)};
}

}  // namespace sluice::status
