-- The platform's own id for a record first seen under this Clever id: a UUID of version 8 (RFC 9562).
-- needs: nothing
CREATE TEMP MACRO platform_id(kind, clever_id) AS CAST(
  md5(kind || ':' || clever_id)[1:12] || '8' || md5(kind || ':' || clever_id)[14:16]
  || '8' || md5(kind || ':' || clever_id)[18:32] AS UUID
)
