// Sessions by host. OpenSSL's own cache is off: it would not know which host a session belongs to.
#include "tls_sessions.hpp"

#include <utility>

namespace sluice::exchange {
namespace {

constexpr std::size_t sessions_max = 8;  ///< For each host.

/// Where a connection keeps the entry of its host. Asio owns slot 0 of both.
int host_slot() {
  static const int slot = SSL_get_ex_new_index(0, nullptr, nullptr, nullptr, nullptr);
  return slot;
}

}  // namespace

void tls_sessions::attach(SSL_CTX* context) {
  SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_CLIENT | SSL_SESS_CACHE_NO_INTERNAL);
  SSL_CTX_sess_set_new_cb(context, &tls_sessions::offered);
}

void tls_sessions::resume(SSL* connection, const std::string& host) {
  auto& entry = *kept_.try_emplace(host).first;
  SSL_set_ex_data(connection, host_slot(), &entry);
  auto& sessions = entry.second;
  if (sessions.empty())
    return;
  SSL_set_session(connection, sessions.back().get());
  sessions.pop_back();
}

/// Returns 1 to keep the reference that OpenSSL hands over.
int tls_sessions::offered(SSL* connection, SSL_SESSION* session) {
  auto* entry = static_cast<host_entry*>(SSL_get_ex_data(connection, host_slot()));
  if (entry == nullptr || SSL_SESSION_is_resumable(session) != 1)
    return 0;
  entry->second.emplace_back(session);
  if (entry->second.size() > sessions_max)
    entry->second.pop_front();
  return 1;
}

void keep_resumable(SSL* connection) {
  SSL_set_shutdown(connection, SSL_SENT_SHUTDOWN | SSL_RECEIVED_SHUTDOWN);
}

}  // namespace sluice::exchange
