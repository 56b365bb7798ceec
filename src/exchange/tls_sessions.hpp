// TLS sessions that the venue offered for resumption, a few for each host, each used once.
#pragma once

#include <openssl/ssl.h>

#include <deque>
#include <map>
#include <memory>
#include <string>

namespace sluice::exchange {

/// Loop thread only; must outlive every connection of the context it is attached to.
class tls_sessions {
 public:
  tls_sessions() = default;
  tls_sessions(const tls_sessions&) = delete;
  tls_sessions& operator=(const tls_sessions&) = delete;

  void attach(SSL_CTX* context);
  /// Names the host of a new connection and gives it a session to resume, if there is one.
  void resume(SSL* connection, const std::string& host);

 private:
  struct session_deleter {
    void operator()(SSL_SESSION* session) const { SSL_SESSION_free(session); }
  };
  using session_ptr = std::unique_ptr<SSL_SESSION, session_deleter>;
  using host_entry = std::pair<const std::string, std::deque<session_ptr>>;

  static int offered(SSL* connection, SSL_SESSION* session);

  std::map<std::string, std::deque<session_ptr>> kept_{};
};

/// Before a connection that has not failed is dropped: OpenSSL holds a session for unusable whose
/// connection went without a goodbye.
void keep_resumable(SSL* connection);

}  // namespace sluice::exchange
