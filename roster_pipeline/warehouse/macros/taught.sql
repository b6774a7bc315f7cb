-- What a section's own name says is taught: Clever writes `course - teacher - period`.
-- needs: nothing
CREATE TEMP MACRO taught(name, clever_course, period) AS CASE
  WHEN starts_with(lower(name), lower(clever_course)) THEN clever_course
  WHEN period IS NOT NULL AND ends_with(name, ' - ' || period)
    THEN regexp_replace(left(name, -length(' - ' || period)), '^(.*[[:alpha:]]{3}.*) - [^0-9]+$', '\1')
  WHEN regexp_matches(name, '^.+ - [^0-9]+ - ([0-9]{1,2}|am|pm|hr)(\([a-z,-]+\))?$', 'i')
    THEN regexp_replace(name, '^(.+) - [^0-9]+ - .*$', '\1')
  ELSE regexp_replace(name, '^(.*[[:alpha:]]{3}.*) - ([^0-9]+|[0-9]{1,2}(st|nd|rd|th)?)$', '\1')
END
